/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** Empty where the line only informs. */
  readonly budget: string;
  /** Against a peer measured in the same minutes, on the same machine. */
  readonly ratio?: number;
  /** Undefined where the line only informs. */
  readonly ok?: boolean;
}

/** What every section is told on its command line. */
export interface Places {
  /** The package as it would be installed: dist, profiles, package.json. */
  readonly package: URL;
  /** Run folders of this bench lie here; the sections run one after the other. */
  readonly runs: string;
}

export function placesOfSection(): Places {
  const [packageFolder, runs] = process.argv.slice(2);
  if (packageFolder === undefined || runs === undefined) throw new Error('a section is started by bench.ts');
  return { package: new URL(packageFolder), runs };
}

/** Hands the rows to bench.ts. */
export const hand = (rows: readonly Row[]): void => console.log(JSON.stringify(rows));

export const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

export const megabytes = (bytes: number | undefined): string =>
  bytes === undefined ? 'not measured here' : `${Math.round(bytes / 1e6)} MB`;

export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
