/** Writes `page.js`, `page.css` and the fonts into the folder, which is made if it is not there. */
export function buildPage(outDir: string): Promise<void>;
