export class Client {
  constructor(protected readonly base: string) {}
  protected request(path: string) { return fetch(`${this.base}${path}`); }
}
