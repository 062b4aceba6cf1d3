export { type ApiOptions, createApi } from './api.ts';
export { CatalogueView, type TrackView } from './catalogue-view.ts';
export { bucketOf } from './histories.ts';
export { type Playlist, type PlaylistTrack, Playlists } from './playlists.ts';
export { reasonOf } from './reasons.ts';
export { type RunningServer, type ServerOptions, startServer } from './server.ts';
