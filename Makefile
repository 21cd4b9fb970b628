# todo_orm: an ORM inside PostgreSQL.
#
#   make && make install && make installcheck      with a running server
#   test/run                                       everything, in a private server
EXTENSION = todo_orm
EXTVERSION = 1.1
# the last version that was released; its scripts are kept in sql/released/
RELEASED = 1.0

MODULE_big = todo_orm
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c)))
OWN_HEADERS = $(wildcard src/*.h)

# The install script is put together from its chapters; the script that updates
# from the last release is what is new in it.  See docs/releasing.md.
SCRIPT = sql/$(EXTENSION)--$(EXTVERSION).sql
CHAPTERS = $(addprefix sql/install/, \
	head.sql \
	engine.sql \
	mixins.sql \
	views.sql \
	contracts.sql \
	access.sql \
	apply.sql \
	tools.sql \
	privacy.sql \
	changes.sql \
	observe.sql \
	versions.sql \
	check.sql \
	shipped.sql)
UPDATE = sql/$(EXTENSION)--$(RELEASED)--$(EXTVERSION).sql
UPDATE_PARTS = sql/update/head.sql $(wildcard sql/update/$(RELEASED)--$(EXTVERSION).sql)
DATA = $(filter-out %--$(EXTVERSION).sql,$(wildcard sql/released/$(EXTENSION)--*.sql))
DATA_built = $(SCRIPT) $(UPDATE)
EXTRA_CLEAN = $(SCRIPT) $(UPDATE)

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

$(UPDATE): sql/released/$(EXTENSION)--$(RELEASED).sql $(SCRIPT) $(UPDATE_PARTS) sql/update/update.awk Makefile
	{ cat $(UPDATE_PARTS) && \
	awk -f sql/update/update.awk sql/released/$(EXTENSION)--$(RELEASED).sql $(SCRIPT); } > $@

# the version of a distribution: EXTVERSION with the number of the release behind it
DISTVERSION = $(shell sed -n 's/^  "version": "\(.*\)",$$/\1/p' META.json)

# Is this the version that the file names? Arguments: the file, the version, the line for grep.
names = @grep -q -e '$(3)' $(1) || { echo '$(1) does not name version $(2)'; exit 1; }

.PHONY: checkver dist freeze
checkver:
	$(call names,META.json,$(EXTVERSION),^  "version": "$(EXTVERSION)\.[0-9][0-9]*")
	$(call names,META.json,$(DISTVERSION) as what it provides,^      "version": "$(DISTVERSION)")
	$(call names,todo_orm.control,$(EXTVERSION),^default_version = .$(EXTVERSION).$$)
	@grep '^## ' CHANGELOG.md | sed 1q | grep -q -e '^## $(DISTVERSION) ' || { echo 'CHANGELOG.md does not begin with version $(DISTVERSION)'; exit 1; }
	@sed 1q debian/changelog | grep -q -e '^todo-orm ($(DISTVERSION)-' || { echo 'debian/changelog does not begin with version $(DISTVERSION)'; exit 1; }
	@cd sql/released && sha256sum --quiet -c SHA256SUMS

# What is uploaded to PGXN: what is committed, without what .gitattributes leaves out.
dist: checkver
	git archive --format=zip --prefix=$(EXTENSION)-$(DISTVERSION)/ -o $(EXTENSION)-$(DISTVERSION).zip HEAD

# Keeps the scripts of a version that is being released: they never change again.
freeze: checkver $(SCRIPT) $(UPDATE)
	cp $(SCRIPT) $(UPDATE) sql/released/
	cd sql/released && sha256sum $(EXTENSION)--*.sql > SHA256SUMS
