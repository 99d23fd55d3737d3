// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The fuzzer that the environment variable `FUZZ` names.
private let chosen: Fuzzer = {
    let name = getenv("FUZZ").map { String(cString: $0) } ?? ""
    guard let fuzzer = Fuzzer.all.first(where: { $0.name == name }) else {
        print("set FUZZ to one of: \(Fuzzer.all.map(\.name).joined(separator: " "))")
        exit(2)
    }
    return fuzzer
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    chosen.check(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
