// SPDX-License-Identifier: GPL-2.0
/*
 * ssh: the addresses of this machine to which the running SSH sessions lead.
 *
 * sshd tells them to its children in SSH_CONNECTION. sudo drops that, so the
 * environments of this process's ancestors are read, too.
 */
#include "ssh.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "client-address port server-address port" */
static void add_server(struct names *addresses, const char *connection)
{
	char address[64], *scope;
	const char *text = address;

	if (sscanf(connection, "%*s %*s %63s", address) != 1)
		return;
	scope = strchr(address, '%');
	if (scope)
		*scope = '\0';
	if (!strncasecmp(text, "::ffff:", 7) && strchr(text, '.'))
		text += 7;
	if (!names_have(addresses, text))
		names_add(addresses, text);
}

static void add_from_process(const struct path_ctx *root, struct names *addresses, int pid)
{
	static const char key[] = "SSH_CONNECTION=";
	size_t size = 0, capacity = 0;
	int fd = path_open(root, O_RDONLY, "proc/%d/environ", pid);
	char *text = NULL, *entry;
	ssize_t n;

	if (fd < 0)
		return;
	do {
		capacity += PATH_TEXT;
		text = xrealloc(text, capacity + 1, 1);
		n = read(fd, text + size, capacity - size);
		size += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	close(fd);
	text[size] = '\0';
	for (entry = text; entry < text + size; entry += strlen(entry) + 1)
		if (!strncmp(entry, key, sizeof(key) - 1))
			add_server(addresses, entry + sizeof(key) - 1);
	free(text);
}

static int parent_of(const struct path_ctx *root, int pid)
{
	char text[PATH_TEXT], *comm_end;
	int parent = 0;

	path_read(root, text, sizeof(text), "proc/%d/stat", pid);
	comm_end = strrchr(text, ')');
	if (comm_end && sscanf(comm_end, ") %*c %d", &parent) != 1)
		return 0;
	return parent;
}

struct names ssh_addresses(const struct path_ctx *root)
{
	const char *own = getenv("SSH_CONNECTION");
	struct names addresses = { 0 };

	if (own)
		add_server(&addresses, own);
	if (!root->real)
		return addresses;
	for (int pid = getppid(); pid > 1; pid = parent_of(root, pid))
		add_from_process(root, &addresses, pid);
	return addresses;
}
