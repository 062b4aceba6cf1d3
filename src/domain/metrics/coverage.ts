/** Share of a catalogue of `tracks` tracks that stands in at least one list; 0 for an empty catalogue. */
export function catalogueCoverage(shown: ReadonlySet<number>, tracks: number): number {
  return tracks === 0 ? 0 : shown.size / tracks;
}
