import { addOwnImages } from '../../../method/feedback/own-images.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Handler } from '../endpoint.ts';

const MOST_FILES = 200;
const MOST_FILE_BYTES = 32 * 1024 * 1024;

/** Nothing is stored unless every file can be decoded. Names of files are not looked at. */
export const uploadImages: Handler<'uploadImages'> = async ({ studio, caller, body, context }) => {
  const { files } = await context.req.parseBody({ all: true });
  const given = (Array.isArray(files) ? files : [files]).filter((file) => file instanceof File);
  if (given.length === 0)
    throw new CollimateError('USAGE', 'the form has no files', 'Send one or more pictures in the field `files`.');
  if (given.length > MOST_FILES)
    throw new CollimateError('TOO_LARGE', `${given.length} files at once`, `Send at most ${MOST_FILES} at a time.`);
  const large = given.find(({ size }) => size > MOST_FILE_BYTES);
  if (large) throw new CollimateError('TOO_LARGE', `a file has ${large.size} bytes`, 'Send pictures of at most 32 MB.');
  const pictures: Uint8Array[] = [];
  for (const file of given) pictures.push((await studio.images.reencode(new Uint8Array(await file.arrayBuffer()))).png);
  const result = await addOwnImages(studio.project, body.prompt, pictures);
  const detail = { stored: result.stored, prompt: body.prompt };
  await recordAudit(studio.project.db, { actor: caller, action: 'images.upload', target: 'feedback', detail });
  return result;
};
