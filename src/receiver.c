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
} SinkReceiver;

/* the sink that is running wants no more rows; sinks run no statements, so there is one */
static bool ended;

static bool
receive_slot(TupleTableSlot *slot, DestReceiver *self)
{
	SinkReceiver *receiver = (SinkReceiver *) self;

	ended = false;
	receiver->sink(slot, receiver->arg);
	return !ended;
}

/* Ends the statement whose row is being taken: for sinks. */
void
receiver_end(void)
{
	ended = true;
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
