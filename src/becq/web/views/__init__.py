"""Views, one file per page or piece of the frame."""
