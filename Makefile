# todo_orm: an ORM inside PostgreSQL.
#
#   make && make install && make installcheck      with a running server
#   test/run                                       everything, in a private server
EXTENSION = todo_orm
EXTVERSION = 1.0

MODULE_big = todo_orm
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c)))
OWN_HEADERS = $(wildcard src/*.h)

# the install script is put together from its chapters
SCRIPT = sql/$(EXTENSION)--$(EXTVERSION).sql
CHAPTERS = sql/install/head.sql sql/install/engine.sql sql/install/mixins.sql \
	sql/install/views.sql sql/install/access.sql sql/install/apply.sql sql/install/privacy.sql \
	sql/install/changes.sql sql/install/check.sql sql/install/shipped.sql
DATA_built = $(SCRIPT)
EXTRA_CLEAN = $(SCRIPT)

REGRESS = session register ddl errors identifiers
REGRESS_OPTS = --load-extension=todo_orm
ISOLATION = append changes create_all ddl links load nested paging stream upsert
ISOLATION_OPTS = --inputdir=test/isolation --outputdir=output_iso --load-extension=todo_orm
EXTRA_CLEAN += output_iso

# the server's headers count as system headers: warnings are for our own code
PG_CPPFLAGS = -Wall -Wextra -Wno-missing-field-initializers -DTODO_ORM_VERSION='"$(EXTVERSION)"' \
	-isystem $(shell $(PG_CONFIG) --includedir-server)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

$(OBJS): $(OWN_HEADERS) Makefile

# models.sql stands in create_all() as it is, between dollar quotes
$(SCRIPT): $(CHAPTERS) sql/models.sql Makefile
	sed -e '/^@MODELS@$$/{' -e 'r sql/models.sql' -e 'd' -e '}' $(CHAPTERS) > $@

.PHONY: checkver
checkver:
	@grep -q "default_version = '$(EXTVERSION)'" todo_orm.control
	@grep -q '"version": "$(EXTVERSION).[0-9]*"' META.json
	@grep -q '^## $(EXTVERSION)' CHANGELOG.md
