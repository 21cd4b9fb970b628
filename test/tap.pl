#!/usr/bin/perl
#
# Runs one program that prints TAP, and counts what it says.
#
#   tap.pl RESULT LABEL COMMAND [ARGUMENT ...]
#
# Prints a line per program, and what failed; writes "passed failed" to the
# file RESULT. Stricter than prove: a skipped or a TODO assertion is a failed
# one, because a test that is not run proves nothing; so is each assertion that
# was planned and did not come, and an ending that is not clean.

use strict;
use warnings;

use TAP::Parser;

my ($result_file, $label, @command) = @ARGV;
my $stderr_file = "$result_file.stderr";
my $passed = 0;
my @complaints;
my @text;

# The program's errors are shown only when it fails, so they go to a file.
my $parser = TAP::Parser->new(
	{ exec => [ 'sh', '-c', 'exec "$@" 2>"$0"', $stderr_file, @command ] });

while (my $result = $parser->next)
{
	push @text, $result->as_string;
	next unless $result->is_test;
	if ($result->has_skip || $result->has_todo || !$result->is_actual_ok)
	{
		push @complaints, $result->as_string;
	}
	else
	{
		$passed++;
	}
}
my $failed = @complaints + missing();

my @endings = bad_endings();
$failed ||= 1 if @endings || !$parser->tests_run;
report();
save();
exit($failed ? 1 : 0);

# How many of the planned assertions did not come.
sub missing
{
	my $missing = ($parser->tests_planned || 0) - $parser->tests_run;
	return $missing > 0 ? $missing : 0;
}

# Everything that is wrong beside single assertions. An exit status is news
# only when no assertion failed: Test::More returns how many did.
sub bad_endings
{
	my @bad = map { "TAP: $_" } $parser->parse_errors;
	push @bad, "skipped: " . $parser->skip_all if $parser->skip_all;
	push @bad, "ended with status " . $parser->exit
	  if !@complaints && $parser->exit;
	push @bad, "killed by signal " . ($parser->wait & 127)
	  if defined $parser->wait && $parser->wait & 127;
	push @bad, "no assertions" if !$parser->tests_run;
	return @bad;
}

# One line when all is well, or else also the reasons: the failed assertions,
# the whole output, and what went to stderr.
sub report
{
	printf "%s: %d ok, %d not ok, %d s\n", $label, $passed, $failed, time - $^T;
	return unless $failed || $ENV{VERBOSE};
	print "   $_\n" for @complaints, @endings;
	print "   | $_\n" for map { split /\n/ } @text, slurp($stderr_file);
	return;
}

# Leaves the counts to the caller.
sub save
{
	open my $out, '>', $result_file or die "$result_file: $!\n";
	print $out "$passed $failed\n";
	close $out or die "$result_file: $!\n";
	return;
}

# A file's content, at most its last 20000 characters.
sub slurp
{
	my ($name) = @_;
	open my $in, '<', $name or return '';
	local $/;
	my $content = <$in> // '';
	return length($content) > 20000 ? substr($content, -20000) : $content;
}
