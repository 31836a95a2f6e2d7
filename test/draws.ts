import fc from 'fast-check';

/** In CI the property tests draw the same cases every time, so that what fails there fails here; elsewhere new ones. */
if (process.env.CI === 'true') fc.configureGlobal({ seed: 42 });
