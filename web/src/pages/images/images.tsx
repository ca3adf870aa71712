// Every image of the project: filtered, as many as there are, with the lineage of each in a panel.

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { call, read } from '../../api/client.ts';
import { maySteer, sessionQuery } from '../../api/session.ts';
import { Gallery } from '../../gallery/gallery.tsx';
import { JobButton } from '../../jobs/job-button.tsx';
import { plural } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { Empty, Failure, Loading } from '../../ui/states.tsx';
import { ImageFilters } from './image-filters.tsx';
import { ImageTile } from './image-tile.tsx';
import { LineageDialog } from './lineage-dialog.tsx';
import { UploadDialog } from './upload-dialog.tsx';

const PAGE = 120;

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
      {(filters) =>
        filters.total === 0 ? (
          <Empty title="No images yet">
            <p>Store prompts first, then let the model draw; or add images that you have.</p>
          </Empty>
        ) : (
          <>
            <ImageFilters
              filters={filters}
              filter={filter}
              onChange={(next) => void navigate({ to: '/images', search: next, replace: true, resetScroll: false })}
            />
            <p className="soft small" role="status">
              {images.data
                ? `${plural(shown.length, 'image')} ${images.hasNextPage ? 'so far, more as you scroll' : 'match'}`
                : ' '}
            </p>
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
                onEnd={() => images.hasNextPage && !images.isFetchingNextPage && void images.fetchNextPage()}
                renderTile={(index) => <ImageTile image={shown[index]!} onOpen={open} />}
              />
            )}
            {opened && <LineageDialog id={opened} onClose={() => open()} />}
            {uploading && <UploadDialog onClose={() => setUploading(false)} />}
          </>
        )
      }
    </Page>
  );
}
