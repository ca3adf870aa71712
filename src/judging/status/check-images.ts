// Pictures: each file against the name it has by its content, and the pixels against the identity in its rows.

import { hashPixels } from '../../pictures/identity.ts';
import { decodePng } from '../../pictures/image.ts';
import { listImages } from '../../project/images/images.ts';
import type { Project } from '../../project/project.ts';
import { catchRefusal, type Fault, type Piece, showPath } from './check-piece.ts';

/** One piece a file; several rows may have the same picture. */
export async function listImagePieces(project: Project): Promise<Piece[]> {
  const identities = new Map<string, Set<string>>();
  for (const { hash, pixelHash } of await listImages(project.db)) {
    const known = identities.get(hash) ?? new Set();
    if (pixelHash !== null) known.add(pixelHash);
    identities.set(hash, known);
  }
  return [...identities].map(([hash, pixelHashes]) => ({
    path: showPath(project, project.images.blobPath(hash)),
    look: () => lookAtImage(project, hash, pixelHashes),
  }));
}

async function lookAtImage(
  { images }: Project,
  hash: string,
  pixelHashes: ReadonlySet<string>,
): Promise<Fault | undefined> {
  const remedy = `Restore it from a copy, or take the picture out: \`collimate remove images ${hash.slice(0, 16)}\`.`;
  if (!(await images.hasBlob(hash)))
    return { state: 'missing', text: 'a row names this picture and its file is not there', remedy };
  const refused = await catchRefusal(() => images.getBlob(hash), remedy);
  if (refused) return refused;
  // By now the file has the pixels of its name; a name of an older project is that of a packed file.
  const others = [...pixelHashes].filter((pixelHash) => pixelHash !== hash);
  if (others.length === 0) return undefined;
  const found = hashPixels(await decodePng(await images.getBlob(hash)));
  const wrong = others.find((pixelHash) => pixelHash !== found);
  if (wrong === undefined) return undefined;
  const text = `its row expects the pixels ${wrong.slice(0, 12)}, got ${found.slice(0, 12)}`;
  return { state: 'changed', text, remedy };
}
