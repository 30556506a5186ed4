/** Arguments that every resource has. `define` adds them. */
import { marks } from "./marks";
import { flag } from "./values";

export const commonArgs = {
  /**
   * `true`: an object of that name that exists already is taken over, if nothing differs that cannot change. What is
   * taken over is let go of, not deleted, when it leaves the program. Default `false`: an object in the way is an error.
   */
  adopt: flag().optional().register(marks, { place: "local" }),
  /** `true`: an object that was taken over is deleted after all when it leaves the program. Default `false`. */
  deleteOnRelease: flag().optional().register(marks, { place: "local" }),
};

export type CommonArgs = typeof commonArgs;
