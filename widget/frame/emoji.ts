// The little pictures that people put between their words.

/** As on the picker, row by row of ten. */
export const EMOJI = [
  ..."😀😄😂🙂😉😊😍😘😎🤔",
  ..."😐😕🙁😢😭😡😱😴🤒🤗",
  ..."👍👎👌🙏👏💪👋🤝✌🤞",
  ..."❤💛💚💙💔✨⭐🔥🎉🎁",
  ..."🌱🌷🌻🌳🍅🥕🍎🍓☕🍞",
  ..."🏠🛒📦🚚💶📞📷📎⏰✅",
];

const PICTURE = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\uFE0F|\u200D|\s)+$/u;

/** Nothing but a few of them: they may be bigger. */
export const onlyEmoji = (text: string): boolean =>
  text.length <= 24 && PICTURE.test(text) && /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(text);

/** Where the marked one of `count` goes by a key, in rows of `row`; null: the key is not ours. */
export function walk(key: string, at: number, count = EMOJI.length, row = 10): number | null {
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + row, ArrowUp: at - row, Home: 0, End: count - 1 }[key];
  return to === undefined ? null : to < 0 || to >= count ? at : to;
}
