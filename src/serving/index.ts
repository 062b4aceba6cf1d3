export { type ApiOptions, createApi } from './api.ts';
export { CatalogueView } from './catalogue-view.ts';
export { type Playlist, type PlaylistTrack, Playlists } from './playlists.ts';
export { type RunningServer, type ServerOptions, startServer } from './server.ts';
