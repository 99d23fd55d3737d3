// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One job of Kingsnake's as a whole process, so that `Benchmarks/run` can measure it beside
/// another program's.
@main
struct Main {
    static let usage = """
        usage: kingsnake-bench extract PKG DIR
               kingsnake-bench verify PKG
               kingsnake-bench index [--hash] FILE NAME...
               kingsnake-bench audit PREFIX
               kingsnake-bench tuf-build DIR KEY COUNT BITS
               kingsnake-bench tuf-client DRIVER URL CACHE ROOT PATHS COUNT
               kingsnake-bench tuf-publish DIR KEY OUT
               kingsnake-bench signatures FILE COUNT
               kingsnake-bench trust-build INDEX KEY DIR
               kingsnake-bench trust-sign INDEX TRUST DIR
               kingsnake-bench trust-verify DIR
               kingsnake-bench trust-curve COUNT
               kingsnake-bench channel-build DIR COUNT
               kingsnake-bench channel-publish DIR COUNT
               kingsnake-bench serve DIR
               kingsnake-bench proxy-render DIR COUNT
               kingsnake-bench proxy-build DIR KEY
               kingsnake-bench bundles ROOT FILE NAME DIGEST IDENTITY ISSUER COUNT
        """

    static func main() async {
        do {
            guard let answer = try await answer(CommandLine.arguments.dropFirst()) else {
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
    static func answer(_ arguments: ArraySlice<String>) async throws -> String? {
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
        default: return try await tufAnswer(arguments.first, operands)
        }
    }

    private static func tufAnswer(_ job: String?, _ operands: [String]) async throws -> String? {
        switch (job, operands.count) {
        case ("tuf-build", 4):
            guard let count = Int(operands[2]), let bits = Int(operands[3]) else { return nil }
            return try await TUFBuildJob(folder: operands[0], key: operands[1], count: count, bitLength: bits)
                .run()
        case ("tuf-client", 6):
            guard let driver = TUFClientJob.Driver(rawValue: operands[0]), let count = Int(operands[5]) else {
                return nil
            }
            return try await TUFClientJob(
                driver: driver,
                url: operands[1],
                cache: operands[2],
                root: operands[3],
                paths: operands[4],
                count: count
            ).run()
        case ("tuf-publish", 3):
            return try await TUFPublishJob(folder: operands[0], key: operands[1], out: operands[2]).run()
        case ("signatures", 2):
            guard let count = Int(operands[1]) else { return nil }
            return try SignaturesJob(path: operands[0], count: count).run()
        default: return try await trustAnswer(job, operands)
        }
    }

    private static func trustAnswer(_ job: String?, _ operands: [String]) async throws -> String? {
        switch (job, operands.count) {
        case ("trust-build", 3):
            return try await TrustBuildJob(path: operands[0], key: operands[1], folder: operands[2]).run()
        case ("trust-sign", 3):
            return try await TrustSignJob(path: operands[0], trust: operands[1], folder: operands[2]).run()
        case ("trust-verify", 1): return try await TrustVerifyJob(folder: operands[0]).run()
        case ("trust-curve", 1):
            guard let count = Int(operands[0]) else { return nil }
            return try await TrustCurveJob(count: count).run()
        case ("channel-build", 2):
            guard let count = Int(operands[1]) else { return nil }
            return try await ChannelJob(folder: operands[0]).build(count: count)
        case ("channel-publish", 2):
            guard let count = Int(operands[1]) else { return nil }
            return try await ChannelJob(folder: operands[0]).publish(count: count)
        case ("proxy-render", 2):
            guard let count = Int(operands[1]) else { return nil }
            return try await ProxyRenderJob(folder: operands[0], count: count).run()
        case ("proxy-build", 2):
            return try await ProxyChannelJob(folder: operands[0], key: operands[1]).run()
        case ("serve", 1): return try await ServeJob(folder: operands[0]).run()
        case ("bundles", 7):
            guard let count = Int(operands[6]) else { return nil }
            return try BundlesJob(
                root: operands[0],
                file: operands[1],
                name: operands[2],
                digest: operands[3],
                identity: operands[4],
                issuer: operands[5],
                count: count
            ).run()
        default: return nil
        }
    }

    private static func complain(_ text: String) {
        let line = Array("\(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
