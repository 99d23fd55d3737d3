// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import DurableFiles
import TrustCore
import TrustPolicy

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Makes every form of an index as the verifying proxy does: of a text, of the same text again, and of one in which a
/// few packages changed, without and with a policy that hides one file in a hundred.
struct ProxyRenderJob {
    /// The folder to work in.
    let folder: String
    let count: Int

    /// One line for each step: what, seconds, and the process's peak memory so far in MB.
    func run() async throws -> String {
        let texts = try [0, 1].map { try SyntheticIndex(count: count, revision: $0).write(to: folder) }
        let cache = folder + "/cache"
        var lines: [String] = []
        for (judge, word) in [(OneInAHundred(isOn: false), "all"), (OneInAHundred(isOn: true), "99 %")] {
            for (text, which) in zip(texts, ["first", "changed"]) {
                let renderer = IndexRenderer(folder: cache)
                let name = "\(word), \(which) text"
                var rendered: RenderedSubdir?
                lines += [
                    try await Self.timed("\(name): judgement") {
                        rendered = try await renderer.rendered(text, hiding: judge, now: TUFInputs.now)
                    }
                ]
                for file in [
                    "repodata_shards.msgpack.zst", "current_repodata.json", "current_repodata.json.zst",
                    "repodata.json", "repodata.json.zst",
                ] {
                    var length: UInt64 = 0
                    let line = try await Self.timed("\(name): \(file)") {
                        length = try await rendered?.file(file)?.length ?? 0
                    }
                    lines.append("\(line), \(length) bytes")
                }
                lines.append(
                    try await Self.timed("\(name): all again, in another process's place") {
                        let again = try await IndexRenderer(folder: cache)
                            .rendered(text, hiding: judge, now: TUFInputs.now)
                        for file in RenderedSubdir.fileNames { _ = try await again.file(file) }
                    }
                )
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func timed(_ name: String, _ work: () async throws -> Void) async throws -> String {
        let start = ContinuousClock.now
        try await work()
        let taken = ContinuousClock.now - start
        let seconds = Double(taken.components.seconds) + Double(taken.components.attoseconds) / 1e18
        return "\(name): \(Double(Int(seconds * 1000)) / 1000) s, peak \(peakMemory()) MB"
    }

    /// The most memory that the process ever held, in MB.
    private static func peakMemory() -> Int {
        var usage = rusage()
        #if canImport(Glibc)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_maxrss / 1024
        #else
            getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss >> 20
        #endif
    }
}

/// Hides one file in a hundred.
private struct OneInAHundred: ListingJudge {
    let isOn: Bool
    var fingerprint: Digest { Digest.of([isOn ? 1 : 0]) }
    let dependsOnTime = false
    let needsFirstSeen = false

    func findings(on file: ListedFile, now: Timestamp) -> [Finding] {
        guard isOn, file.fileName.utf8.reduce(0, { $0 &* 31 &+ Int($1) }) % 100 == 0 else { return [] }
        return [Finding("sample", .refused, "one in a hundred")]
    }
}

/// An index as large as conda-forge's: fifteen records a package, some eight hundred bytes each.
private struct SyntheticIndex {
    let count: Int
    /// A later one has another build of one package in a hundred.
    let revision: Int

    func write(to folder: String) throws -> IndexText {
        try Folder.create(folder)
        let path = "\(folder)/text-\(revision).json"
        var digest = StreamingDigest(.sha256)
        try DurableFile.write(to: path) { write in
            func put(_ text: String) throws {
                try Array(text.utf8).withUnsafeBytes {
                    digest.update($0)
                    try write($0)
                }
            }
            try put("{\"info\":{\"subdir\":\"linux-64\"},\"packages\":{},\"packages.conda\":{")
            for number in 0..<count { try put((number == 0 ? "" : ",") + record(number)) }
            try put("},\"removed\":[],\"repodata_version\":1}")
        }
        return try IndexText(
            of: ChannelURL("https://conda.example.org/forge"),
            Subdir("linux-64"),
            id: digest.finish(),
            path: path
        )
    }

    private func record(_ number: Int) -> String {
        let package = number / 15
        let build = "h\(number)_\(package.isMultiple(of: 100) ? revision : 0)"
        let (name, version) = ("package-\(package)", "1.\(number % 15).0")
        let sha256 = Digest.of(Array(build.utf8)).hex
        let depends = (0..<8).map {
            "\"dependency-\(($0 &* 7919 &+ package) % 30_000) >=1.\($0),<\($0 + 2).0a0\""
        }
        return """
            "\(name)-\(version)-\(build).conda":{"build":"\(build)","build_number":0,\
            "constrains":["other-\(package) <0a0"],"depends":[\(depends.joined(separator: ","))],\
            "license":"BSD-3-Clause","md5":"\(sha256.prefix(32))","name":"\(name)","sha256":"\(sha256)",\
            "size":\(number &* 977 &+ 1),"subdir":"linux-64","timestamp":\(1_600_000_000_000 + number),\
            "version":"\(version)"}
            """
    }
}
