// Key names of weights. Inside Collimate every parameter has one spelling, that of today's diffusers; what older
// releases wrote is renamed on reading.

/** The autoencoder's attention as diffusers spelled it before 0.15. */
const OLD_ATTENTION: Record<string, string> = {
  query: 'to_q',
  key: 'to_k',
  value: 'to_v',
  proj_attn: 'to_out.0',
};

const OLD_ATTENTION_KEY = /(^|\.)(attentions\.\d+)\.(query|key|value|proj_attn)\.(weight|bias)$/;

/**
 * The one spelling of a parameter's name.
 *
 * @example
 * canonicalKey('encoder.mid_block.attentions.0.proj_attn.bias'); // 'encoder.mid_block.attentions.0.to_out.0.bias'
 */
export function canonicalKey(name: string): string {
  return name.replace(
    OLD_ATTENTION_KEY,
    (_, dot: string, block: string, part: string, kind: string) => `${dot}${block}.${OLD_ATTENTION[part]}.${kind}`,
  );
}

/** A constant that older releases stored among the weights: 0, 1, 2, … as positions. */
export function isBufferKey(name: string): boolean {
  return /(^|\.)position_ids$/.test(name);
}
