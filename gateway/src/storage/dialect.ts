/** The two databases that the gateway runs on. */
export type Dialect = 'sqlite' | 'postgres';
