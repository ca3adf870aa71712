// Key names of weights. Inside Collimate every parameter has one spelling, that of today's diffusers and of
// transformers 4; what other releases wrote is renamed on reading.

/** The autoencoder's attention as diffusers spelled it before 0.15. */
const OLD_ATTENTION: Record<string, string> = {
  query: 'to_q',
  key: 'to_k',
  value: 'to_v',
  proj_attn: 'to_out.0',
};

const OLD_ATTENTION_KEY = /(^|\.)(attentions\.\d+)\.(query|key|value|proj_attn)\.(weight|bias)$/;

/** A text encoder as transformers saves it since version 5: without the name of the tower in front. */
const BARE_TEXT_KEY =
  /^(embeddings\.(token|position)_embedding|embeddings\.position_ids|encoder\.layers|final_layer_norm)\b/;

/**
 * The one spelling of a parameter's name.
 *
 * @example
 * canonicalKey('encoder.mid_block.attentions.0.proj_attn.bias'); // 'encoder.mid_block.attentions.0.to_out.0.bias'
 */
export function canonicalKey(name: string): string {
  if (BARE_TEXT_KEY.test(name)) return `text_model.${name}`;
  return name.replace(
    OLD_ATTENTION_KEY,
    (_, dot: string, block: string, part: string, kind: string) => `${dot}${block}.${OLD_ATTENTION[part]}.${kind}`,
  );
}

/** A projection of the autoencoder's attention; the U-Net's are named `attn1.to_q`. */
const ATTENTION_WEIGHT = /(^|\.)attentions\.\d+\.to_(q|k|v|out\.0)\.weight$/;

/** The shape of a parameter here: some releases stored the autoencoder's projections as convolutions [C, C, 1, 1]. */
export function canonicalShape(key: string, shape: readonly number[]): readonly number[] {
  const isPointwise = shape.length === 4 && shape[2] === 1 && shape[3] === 1;
  return isPointwise && ATTENTION_WEIGHT.test(key) ? shape.slice(0, 2) : shape;
}

/** A constant that older releases stored among the weights: 0, 1, 2, … as positions. */
export function isBufferKey(name: string): boolean {
  return /(^|\.)position_ids$/.test(name);
}
