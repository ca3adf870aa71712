// How many raters and images an interval of a wished width takes, from how much answers have varied so far.

/** A good (1) or bad (0) answer with everything that it may be like others by. */
export interface PlanAnswer {
  readonly prompt: string;
  readonly item: string;
  readonly rater: string;
  readonly value: 0 | 1;
}

/** What answers vary by: `p (1 − p)` in parts, each 0 or more. */
export interface VarianceParts {
  /** The share good so far. */
  readonly share: number;
  /** Between prompts. */
  readonly prompt: number;
  /** Between images of one prompt; null where no image has two answers, so that it cannot be told from the noise. */
  readonly image: number | null;
  /** Between raters: how strict they are. */
  readonly rater: number;
  /** What is left: answers of one image that differ. */
  readonly noise: number;
  /** Images of one prompt, on average. */
  readonly imagesPerPrompt: number;
}

/** One way to an interval of the wished width. */
export interface RatingPlan {
  readonly ratersPerImage: number;
  /** Different people at least. */
  readonly raters: number;
  readonly images: number;
  readonly prompts: number;
  readonly answers: number;
  /** Full width of the 95 % interval of the share good that this comes to. */
  readonly width: number;
}

const Z = 1.959964;

/**
 * The parts of the variance by the method of moments: the covariance of two answers about one image, of one prompt about two
 * images, and of one rater about two prompts. A part that comes out below 0 is 0.
 */
export function varianceParts(answers: readonly PlanAnswer[]): VarianceParts | undefined {
  const n = answers.length;
  if (n < 2) return undefined;
  const share = answers.reduce((sum, { value }) => sum + value, 0) / n;
  const total = share * (1 - share);
  const deviation = ({ value }: PlanAnswer) => value - share;
  const image = pairProducts(answers, deviation, ({ item }) => item);
  const prompt = pairProducts(answers, deviation, ({ prompt: own }) => own);
  const rater = pairProducts(answers, deviation, ({ rater: own }) => own);
  const raterAndPrompt = pairProducts(answers, deviation, ({ rater: own, prompt: text }) => `${own}\n${text}`);
  const within = (wide: PairSum, narrow: PairSum) =>
    ratio({ sum: wide.sum - narrow.sum, pairs: wide.pairs - narrow.pairs });
  const ofPrompt = Math.max(0, within(prompt, image) ?? 0);
  const sameImage = ratio(image);
  const ofRater = Math.max(0, within(rater, raterAndPrompt) ?? 0);
  const ofImage = sameImage === undefined ? null : Math.max(0, sameImage - ofPrompt);
  const prompts = new Set(answers.map(({ prompt: own }) => own)).size;
  return {
    share,
    prompt: ofPrompt,
    image: ofImage,
    rater: ofRater,
    noise: Math.max(0, total - ofPrompt - (ofImage ?? 0) - ofRater),
    imagesPerPrompt: new Set(answers.map(({ item }) => item)).size / prompts,
  };
}

interface PairSum {
  sum: number;
  pairs: number;
}

/** The sum of products over ordered pairs of different answers in one group: `(Σ d)² − Σ d²`. */
function pairProducts(
  answers: readonly PlanAnswer[],
  deviation: (answer: PlanAnswer) => number,
  group: (answer: PlanAnswer) => string,
): PairSum {
  const groups = new Map<string, { count: number; sum: number; squares: number }>();
  for (const answer of answers) {
    const own = groups.get(group(answer)) ?? { count: 0, sum: 0, squares: 0 };
    const d = deviation(answer);
    groups.set(group(answer), { count: own.count + 1, sum: own.sum + d, squares: own.squares + d * d });
  }
  const total = { sum: 0, pairs: 0 };
  for (const { count, sum, squares } of groups.values()) {
    total.sum += sum * sum - squares;
    total.pairs += count * (count - 1);
  }
  return total;
}

function ratio({ sum, pairs }: PairSum): number | undefined {
  return pairs > 0 ? sum / pairs : undefined;
}

/**
 * Plans for 1 to `most` raters an image: `Var = (m σ²_prompt + σ²_image + σ²_noise / k) / n + σ²_rater / R` for n images, m of
 * each prompt, k raters an image and R people; `width = 2 · 1.96 · √Var`. People are as few as keep their own part to half of
 * the variance that the width allows. Where no image has had two answers, only one rater an image can be planned for.
 */
export function planRatings(
  parts: VarianceParts,
  { width, most, raters }: { readonly width: number; readonly most: number; readonly raters?: number },
): RatingPlan[] {
  const allowed = (width / (2 * Z)) ** 2;
  const { prompt, image, rater, noise, imagesPerPrompt } = parts;
  const plans: RatingPlan[] = [];
  for (let k = 1; k <= (image === null ? 1 : most); k++) {
    const people = Math.max(k, raters ?? 0, Math.ceil(rater / (allowed / 2)), 1);
    const perImage = imagesPerPrompt * prompt + (image ?? 0) + noise / k;
    const images = Math.max(1, Math.ceil(perImage / (allowed - rater / people)));
    const variance = perImage / images + rater / people;
    plans.push({
      ratersPerImage: k,
      raters: people,
      images,
      prompts: Math.ceil(images / imagesPerPrompt),
      answers: images * k,
      width: 2 * Z * Math.sqrt(variance),
    });
  }
  return plans;
}
