// Every image of the project: filtered, as many as there are, with the lineage of each in a panel.

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { call, read } from '../../api/client.ts';
import { maySteer, sessionQuery } from '../../api/session.ts';
import { Gallery } from '../../gallery/gallery.tsx';
import { JobButton } from '../../jobs/job-button.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { Empty, Failure, Loading } from '../../ui/states.tsx';
import { FirstStep } from '../overview/first-step.tsx';
import { ImageFilters } from './image-filters.tsx';
import { ImageTile } from './image-tile.tsx';
import { LineageDialog } from './lineage-dialog.tsx';
import { UploadDialog } from './upload-dialog.tsx';

const PAGE = 120;

/** `total` where it is known, which it is without a filter. */
function sayCount(loaded: number, total: number | undefined, more: boolean): string {
  if (!more) return `${plural(loaded, 'image')} match`;
  return `${plural(loaded, 'image')} ${total === undefined ? 'so far' : `of ${formatCount(total)}`}, more as you scroll`;
}

export function Images() {
  const search = useSearch({ from: '/member/steering/images' });
  const navigate = useNavigate();
  const user = useQuery(sessionQuery).data?.user;
  const [uploading, setUploading] = useState(false);
  const { image: opened, ...filter } = search;
  const images = useInfiniteQuery({
    queryKey: ['listImages', filter],
    queryFn: ({ pageParam, signal }) =>
      call('listImages', { query: { ...filter, limit: PAGE, ...(pageParam && { cursor: pageParam }) } }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const shown = images.data?.pages.flatMap((page) => page.images) ?? [];
  const open = (id?: string) =>
    void navigate({ to: '/images', search: id ? { ...filter, image: id } : filter, resetScroll: false });
  /** To the neighbours of an image as they are shown; near the end more are loaded. */
  function stepsFrom(id: string) {
    const at = shown.findIndex((image) => image.id === id);
    const to = (index: number) => {
      const next = at < 0 ? undefined : shown[index];
      return next && (() => open(next.id));
    };
    return { '-1': to(at - 1), '1': to(at + 1) };
  }
  const more = () => void (images.hasNextPage && !images.isFetchingNextPage && images.fetchNextPage());
  const last = shown.at(-1)?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once when the last image is opened
  useEffect(() => {
    if (opened && opened === last) more();
  }, [opened, last]);
  return (
    <Page
      title="Images"
      lede="What the models drew, what raters and the reward thought of it, and what each picture came from."
      actions={
        <>
          {user && maySteer(user.role) && (
            <button type="button" className="button" onClick={() => setUploading(true)}>
              Add own images
            </button>
          )}
          <JobButton kind="generate">Draw images</JobButton>
        </>
      }
      query={useQuery(read('getImageFilters'))}
    >
      {(filters) => (
        <>
          {uploading && <UploadDialog onClose={() => setUploading(false)} />}
          {filters.total === 0 ? (
            <Empty title="No images yet">
              <p>Store prompts first, then let the model draw; or add images that you have.</p>
              <FirstStep towards="generate" />
            </Empty>
          ) : (
            <>
              <ImageFilters
                count={
                  images.data
                    ? sayCount(
                        shown.length,
                        Object.keys(filter).length === 0 ? filters.total : undefined,
                        images.hasNextPage,
                      )
                    : '\u00a0'
                }
                filters={filters}
                filter={filter}
                onChange={(next) => void navigate({ to: '/images', search: next, replace: true, resetScroll: false })}
              />
              {images.error ? (
                <Failure error={images.error} onRetry={() => void images.refetch()} />
              ) : !images.data ? (
                <Loading />
              ) : shown.length === 0 ? (
                <Empty title="No image matches">
                  <p>Take a filter away.</p>
                </Empty>
              ) : (
                <Gallery
                  label="Images"
                  of={JSON.stringify(filter)}
                  total={shown.length}
                  onEnd={more}
                  renderTile={(index) => <ImageTile image={shown[index]!} onOpen={open} />}
                />
              )}
              {opened && <LineageDialog id={opened} onClose={() => open()} onStep={stepsFrom(opened)} />}
            </>
          )}
        </>
      )}
    </Page>
  );
}
