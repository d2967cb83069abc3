// Asks the linker for the C++ runtime that operator new throws through.
//
// Role: new_handler's references are weak, and a weak reference takes nothing
//   out of a static archive. This strong one does: a static program that calls
//   operator new gets std::bad_alloc, not an abort. In archives it shares the
//   member of the operators; libheadroom.so goes without.
// Takes from: the C++ runtime. Gives to: the linker.
extern "C" {
[[noreturn]] void HeadroomThrowBadAlloc() __asm__("_ZSt17__throw_bad_allocv");
void (*HeadroomGetNewHandler() noexcept)() __asm__("_ZSt15get_new_handlerv");
}

namespace headroom {
namespace {

[[gnu::used]] void (*const kThrowBadAlloc)() = &HeadroomThrowBadAlloc;
[[gnu::used]] void (*(*const kGetNewHandler)())() = &HeadroomGetNewHandler;

}  // namespace
}  // namespace headroom
