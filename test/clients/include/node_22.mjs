// PostGraphile 5.1 asks for Node.js 22. This is all of it that Debian's 18 and 20 have not.
Promise.withResolvers ??= function () {
  let resolve, reject
  const promise = new this((...both) => { [resolve, reject] = both })
  return { promise, resolve, reject }
}
