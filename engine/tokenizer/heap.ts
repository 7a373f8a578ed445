/** A binary heap: `pop` returns the item that comes before all others. */
export interface Heap {
  push(item: number): void;
  pop(): number | undefined;
}

/** A heap of numbers ordered by `before(a, b)`, which tells whether a must leave first. Push and pop take O(log n). */
export function heap(before: (a: number, b: number) => boolean): Heap {
  const items: number[] = [];
  return {
    push: (item) => {
      let at = items.length;
      items.push(item);
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!before(item, items[parent]!)) break;
        items[at] = items[parent]!;
        at = parent;
      }
      items[at] = item;
    },
    pop: () => {
      const first = items[0];
      const last = items.pop();
      if (last === undefined || items.length === 0) return first;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= items.length) break;
        if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++;
        if (!before(items[child]!, last)) break;
        items[at] = items[child]!;
        at = child;
      }
      items[at] = last;
      return first;
    },
  };
}
