// Keeps the pictures of the next items decoded, so that the next one is on screen in the frame after the key.

const held = new Map<string, HTMLImageElement>();

/** Loads and decodes these pictures, and lets go of all others. */
export function holdPictures(sources: readonly string[]): void {
  const wanted = new Set(sources);
  for (const source of held.keys()) if (!wanted.has(source)) held.delete(source);
  for (const source of wanted) {
    if (held.has(source)) continue;
    const image = new Image();
    image.src = source;
    held.set(source, image);
    // One that cannot be loaded now is loaded again when it is shown.
    image.decode().catch(() => held.delete(source));
  }
}
