# PostgreSQL with todo_orm, for containers: see docs/installing.md.
#
#   docker build --pull -t todo_orm .
#   docker build --pull -t todo_orm --build-arg POSTGRES=18 .
ARG POSTGRES=17

FROM postgres:${POSTGRES} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev make "postgresql-server-dev-$PG_MAJOR"
COPY . /src
# Without bitcode: the JIT compiler has nothing to gain from inlining functions of this library.
RUN export PG_CONFIG="/usr/lib/postgresql/$PG_MAJOR/bin/pg_config" \
    && make -C /src with_llvm=no -j"$(nproc)" \
    && make -C /src with_llvm=no DESTDIR=/installed install \
    && strip --strip-unneeded "/installed/usr/lib/postgresql/$PG_MAJOR/lib/todo_orm.so"

FROM postgres:${POSTGRES}
COPY --from=build /installed/ /
