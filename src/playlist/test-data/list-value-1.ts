/** A stored list value of version 1, as hex: header, two tracks, zeros, two in reserve, zeros. */
export const version1 =
  '0102020297170300' +
  '07000000003802000102ff' +
  '00286bee0034fa20ffffff' +
  '00'.repeat(308) +
  '03000000002c' +
  '020100000100' +
  '00'.repeat(348);
