// A library that says which version it is in no other way than by a call.
extern "C" int mi_version() { return 209; }
