// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One job of Kingsnake's as a whole process, so that `Benchmarks/run` can measure it beside another
/// program's.
@main
struct Main {
    static let usage = """
        usage: kingsnake-bench extract PKG DIR
               kingsnake-bench verify PKG
               kingsnake-bench index [--hash] FILE NAME...
               kingsnake-bench audit PREFIX
        """

    static func main() {
        do {
            guard let answer = try answer(CommandLine.arguments.dropFirst()) else {
                complain(usage)
                exit(2)
            }
            print(answer)
        } catch {
            complain("\(error)")
            exit(1)
        }
    }

    /// What the job found; nil where the arguments name none.
    static func answer(_ arguments: ArraySlice<String>) throws -> String? {
        let operands = Array(arguments.dropFirst())
        switch (arguments.first, operands.count) {
        case ("extract", 2): return try ExtractJob(package: operands[0], folder: operands[1]).run()
        case ("verify", 1): return try VerifyJob(package: operands[0]).run()
        case ("index", 1...):
            let hashes = operands.first == "--hash"
            let words = operands.dropFirst(hashes ? 1 : 0)
            guard let path = words.first else { return nil }
            return try IndexJob(path: path, names: Array(words.dropFirst()), hashes: hashes).run()
        case ("audit", 1): return try AuditJob(prefix: operands[0]).run()
        default: return nil
        }
    }

    private static func complain(_ text: String) {
        let line = Array("\(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
