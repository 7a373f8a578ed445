import { digest } from "./digest.ts";

const scope = self as unknown as { postMessage(sums: string[] | null): void; onmessage: ((event: MessageEvent<readonly Blob[]>) => void) | null };

// One after the other: each is in memory whole while it is read.
scope.onmessage = ({ data }) => {
  data.reduce(async (sums: Promise<string[]>, file) => [...(await sums), await digest(file)], Promise.resolve([]))
    .then((sums) => scope.postMessage(sums), () => scope.postMessage(null));
};
