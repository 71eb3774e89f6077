#include "cli/app.h"

int main(int argc, char** argv) { return cairn::RunCli(argc, argv); }
