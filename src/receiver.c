/*
 * receiver.c
 *	  Hands the rows of a statement to a function, one by one.
 *
 * Rows go straight from the executor to where they are wanted (a tuplestore,
 * a JSON text); an SPI tuple table would copy each once more.
 */
#include "compat.h"

#include "receiver.h"

typedef struct SinkReceiver
{
	DestReceiver pub;			/* must be first */
	RowSink		sink;			/* takes each row */
	void	   *arg;			/* its argument */
	bool		ended;			/* it wants no more rows */
} SinkReceiver;

/* whose sink is running; a value's way into JSON may run somebody's code, and so other sinks */
static SinkReceiver *running = NULL;

static bool
receive_slot(TupleTableSlot *slot, DestReceiver *self)
{
	SinkReceiver *receiver = (SinkReceiver *) self;
	SinkReceiver *outer = running;

	running = receiver;
	receiver->sink(slot, receiver->arg);
	running = outer;
	return !receiver->ended;
}

/* Ends the statement whose row is being taken: for sinks. */
void
receiver_end(void)
{
	running->ended = true;
}

static void
startup(DestReceiver *self, int operation, TupleDesc desc)
{
	(void) self;
	(void) operation;
	(void) desc;
}

static void
shutdown_or_destroy(DestReceiver *self)
{
	(void) self;
}

/* A receiver in CurrentMemoryContext. */
DestReceiver *
receiver_create(RowSink sink, void *arg)
{
	SinkReceiver *receiver = palloc0(sizeof(SinkReceiver));

	receiver->pub.receiveSlot = receive_slot;
	receiver->pub.rStartup = startup;
	receiver->pub.rShutdown = shutdown_or_destroy;
	receiver->pub.rDestroy = shutdown_or_destroy;
	receiver->pub.mydest = DestTuplestore;
	receiver->sink = sink;
	receiver->arg = arg;
	return &receiver->pub;
}

/* RowSink: nothing to take; the rows are counted, and not kept by SPI. */
void
receiver_ignore(TupleTableSlot *slot, void *arg)
{
	(void) slot;
	(void) arg;
}
