// What was done to pictures from outside so that they are RGB of 8 bits in sRGB, standing upright: counted, and in words.

/** What a decoder had to do to one picture. */
export type PictureRemark = 'transparent' | 'turned' | 'profile' | 'deep' | 'frames';

/** How many pictures each was done to. */
export type PictureRemarks = Readonly<Partial<Record<PictureRemark, number>>>;

/** What stands after the number of pictures. */
const WORDS: Readonly<Record<PictureRemark, string>> = {
  transparent: 'with transparent parts, laid on white',
  turned: 'turned as their EXIF data says',
  profile: 'converted from their color profile to sRGB',
  deep: 'of 16 bits a channel, reduced to 8',
  frames: 'of several frames or pages, of which the first was taken',
};

/** How often each remark was made. */
export function countRemarks(pictures: Iterable<readonly PictureRemark[]>): PictureRemarks {
  const counts: Partial<Record<PictureRemark, number>> = {};
  for (const remarks of pictures) for (const remark of remarks) counts[remark] = (counts[remark] ?? 0) + 1;
  return counts;
}

/** One line, such as `3 with transparent parts, laid on white; 1 turned as their EXIF data says`; undefined for none. */
export function describeRemarks(counts: PictureRemarks): string | undefined {
  const parts = (Object.keys(WORDS) as PictureRemark[])
    .filter((remark) => counts[remark])
    .map((remark) => `${counts[remark]!.toLocaleString('en-US')} ${WORDS[remark]}`);
  return parts.length === 0 ? undefined : parts.join('; ');
}
