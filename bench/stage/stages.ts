import { Ground, type GroundOptions } from './ground.ts';

/** What cases run on: processes, and what was linked on them. */
export interface Stage {
  close(): Promise<void>;
}

type Start<S extends Stage> = (ground: Ground) => Promise<S>;

/** Keeps one stage up at a time, so that nothing of an earlier case disturbs, and neighbouring cases can share. */
export class Stages {
  readonly #options: GroundOptions;
  #start: Start<Stage> | null = null;
  #stage: Stage | null = null;

  constructor(options: GroundOptions) {
    this.#options = options;
  }

  /** The stage that this function starts: the one that is up, when the case before asked for the same. */
  async get<S extends Stage>(start: Start<S>): Promise<S> {
    if (this.#start === start && this.#stage) return this.#stage as S;
    await this.close();
    const ground = new Ground(this.#options);
    try {
      const stage = await start(ground);
      this.#start = start;
      this.#stage = stage;
      return stage;
    } catch (error) {
      await ground.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const stage = this.#stage;
    this.#stage = null;
    await stage?.close();
  }
}
