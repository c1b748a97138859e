// The version of this package; the build puts the one of package.json here.
declare const TENDRIL_VERSION: string | undefined

export const VERSION: string = typeof TENDRIL_VERSION === 'string' ? TENDRIL_VERSION : '0.1.0'
