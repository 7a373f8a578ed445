/** `split`: the heads share the model's width. `fixed`: every head has 4 columns, however many there are. */
export type HeadRule = "split" | "fixed";
const FIXED = 4;

export const headWidthOf = (rule: HeadRule, dModel: number, heads: number): number => (rule === "split" ? dModel / heads : FIXED);

/**
 * W_Q, W_K, W_V [dModel,heads·dHead] and W_O [heads·dHead,dModel]: 4·dModel·heads·dHead, which is 4·dModel² for any number of heads
 * whose widths add up to dModel. 32 heads of 128 at 4,096: 67,108,864.
 */
export const attentionParameters = (dModel: number, heads: number, dHead: number): number => 4 * dModel * heads * dHead;
