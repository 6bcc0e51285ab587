/** Texts of the frame that are made in the browser; everything else comes from the server. */
const TEXTS = {
  en: {
    close: "Close",
    undo: "Undo",
    nothing: "Nothing found",
    selected: (n: number) => `${n} selected`,
    reference: "At reference time",
    now: "Now",
    halfLife: "Half-life",
    decayed: "decayed to nothing",
    failed: "The server did not answer. Nothing was changed.",
    equals: "=",
    copied: "Copied",
    noUnit: "Give the unit, for example 7.4 GBq or 200 mCi",
  },
  zh: {
    close: "关闭",
    undo: "撤销",
    nothing: "未找到",
    selected: (n: number) => `已选 ${n} 项`,
    reference: "参考时刻",
    now: "现在",
    halfLife: "半衰期",
    decayed: "已衰变殆尽",
    failed: "服务器未响应，未作任何更改。",
    equals: "=",
    copied: "已复制",
    noUnit: "请写明单位，例如 7.4 GBq 或 200 mCi",
  },
};

export const texts = document.documentElement.lang.startsWith("zh") ? TEXTS.zh : TEXTS.en;
