// Part of address-sanitised builds only: modules stay loaded, so that the leak report can name the third-party module that a block came from.
extern "C" int dlclose(void* /*handle*/) { return 0; }
