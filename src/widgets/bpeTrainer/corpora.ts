const repeat = (words: Readonly<Record<string, number>>): string =>
  Object.entries(words).flatMap(([word, times]) => Array<string>(times).fill(word)).join(" ");

/** The corpora that the scenes bring. */
export const corpora = {
  worked: repeat({ low: 5, lower: 2, newest: 6 }),
  widest: repeat({ low: 5, lower: 2, newest: 6, widest: 3 }),
  tie: repeat({ low: 5, lower: 2, newest: 4 }),
  /** Herman Melville, Moby-Dick, 1851: the beginning of its first chapter. In the public domain. */
  novel: "Call me Ishmael. Some years ago--never mind how long precisely--having little or no money in my purse, and nothing particular "
    + "to interest me on shore, I thought I would sail about a little and see the watery part of the world. It is a way I have of driving "
    + "off the spleen and regulating the circulation. Whenever I find myself growing grim about the mouth; whenever it is a damp, drizzly "
    + "November in my soul; whenever I find myself involuntarily pausing before coffin warehouses",
  scripts: "မြန်မာ မြန်မာစာ မြန်မာစကား 😀 😀😀 😃 naïve café",
};
