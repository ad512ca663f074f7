/** Somebody at the screen of the EHR, who acts there and says so here. */
export interface ScreenPerson {
  say(line: string): void;
  /** True when the person presses Enter; what was pressed before it was asked for does not count. False: nobody will. */
  enter(signal: AbortSignal): Promise<boolean>;
}
