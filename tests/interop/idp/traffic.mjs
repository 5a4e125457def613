// What passes between a provider and its callers: counted, and on demand disturbed.

export class Traffic {
  #calls = [];
  #outage = null;
  #refreshDelay = 0;

  // `as`: "destroy" breaks connections, a number is the status of every reply; `paths`: only there. {} ends it.
  setOutage({ as = null, paths = null }) {
    if (as !== null && as !== "destroy" && !Number.isInteger(as)) {
      throw new Error("as: destroy or a status");
    }
    this.#outage = as === null ? null : { as, paths };
  }

  // Replies to refreshes are held back for so long, after the tokens were rotated: a slow provider.
  setRefreshDelay(milliseconds) {
    this.#refreshDelay = milliseconds;
  }

  // Since the last time: [{path, grant (of the token endpoint), status (null for a broken connection)}].
  take() {
    return this.#calls.splice(0);
  }

  pass(request, response, next) {
    const path = request.url.split("?")[0];
    const call = { path, grant: null, status: null };
    this.#calls.push(call);
    request.call = call;
    response.once("finish", () => {
      call.status = response.statusCode;
    });
    const outage = this.#outage;
    if (!outage || (outage.paths && !outage.paths.includes(path))) {
      next();
    } else if (outage.as === "destroy") {
      request.socket.destroy();
    } else {
      // The body is read first, or the caller might see a broken connection in place of the status.
      request.resume().once("end", () => response.writeHead(outage.as, { "content-type": "text/plain" }).end("outage"));
    }
  }

  // For oidc-provider, around its own work.
  middleware() {
    return async (context, next) => {
      await next();
      context.req.call.grant = context.oidc?.params?.grant_type ?? null;
      if (context.req.call.grant === "refresh_token" && this.#refreshDelay) {
        await new Promise((resolve) => setTimeout(resolve, this.#refreshDelay));
      }
    };
  }
}
