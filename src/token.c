/*
 * token.c
 *	  Bytes as text that URLs take as it is: base64url without padding.
 */
#include "compat.h"

#include "common/base64.h"

#include "token.h"

/* The bytes as URLs take them: no "+", "/" or "=". */
char *
token_text(const StringInfo bytes)
{
	int			size = pg_b64_enc_len(bytes->len) + 1;
	char	   *text = palloc(size);
	/* the types of bytes differ between versions */
	int			len = pg_b64_encode((const void *) bytes->data, bytes->len, text, size - 1);

	while (len > 0 && text[len - 1] == '=')
		len--;
	text[len] = '\0';
	for (char *p = text; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	return text;
}

/* The bytes of a token; false where it is none. */
bool
token_bytes(const char *text, StringInfo bytes)
{
	int			len = strlen(text);
	int			padded = (len + 3) / 4 * 4;
	char	   *base64 = palloc(padded + 1);
	int			size = pg_b64_dec_len(padded);

	for (int i = 0; i < padded; i++)
	{
		char		c = i < len ? text[i] : '=';

		if (c == '+' || c == '/' || (c == '=' && i < len))
			return false;
		base64[i] = c == '-' ? '+' : c == '_' ? '/' : c;
	}
	initStringInfo(bytes);
	enlargeStringInfo(bytes, size + 1);
	bytes->len = pg_b64_decode(base64, padded, (void *) bytes->data, size);
	/* some letters stand for bits that are thrown away: there is one text for a token */
	return bytes->len >= 0 && strcmp(token_text(bytes), text) == 0;
}
