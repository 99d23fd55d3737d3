// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

@Suite("Policies about whole indexes")
struct IndexPolicyTests {
    private typealias Sample = RuleSamples

    private static let everything = """
        cooldown: {default: 7d, except: {openssl: 0d, xz: 30d}}
        install_scripts: {default: deny, except: [xz]}
        revoked:
          - {match: "xz >=5.6.0,<5.6.2", reason: a backdoor}
          - {sha256: \(EvidenceSamples.right.hex), reason: these bytes}
          - {md5: \(EvidenceSamples.rightMD5.hex), match: zlib, reason: these bytes}
          - {indexed: {from: \(RuleSamples.ago(days: 20)), until: \(RuleSamples.ago(days: 15))}, reason: a stolen key}
        pins: {"lab-*": https://conda.example.org/lab, xz: \(RuleSamples.channel)}
        channels:
          https://conda.example.org/lab:
            cooldown: {default: 1d}
            revoked: [{match: lab-core, reason: withdrawn}]

        """

    @Test("Without a policy nothing is hidden, nothing is asked, and the standard policy is as it was")
    func empty() throws {
        #expect(Sample.codes(.empty, try Sample.file { $0.indexed = nil }) == [])
        #expect(IndexPolicy.empty.rules(now: Sample.now).isEmpty && IndexPolicy.empty.contentRules.isEmpty)
        // A policy about publishers only is none about indexes.
        let publishers = try Sample.policy(
            "channels:\n  \(Sample.channel): {packages: {zlib: {publishers: [{github: a/b}]}}}\n"
        )
        #expect(publishers.rules(now: Sample.now).isEmpty && publishers.contentRules.isEmpty)
        #expect(Sample.codes(publishers, try Sample.file { $0.indexed = nil }) == [])
    }

    @Test("A policy without rules refuses everything, whatever is added to it")
    func nothingIsNobody() throws {
        let policy = try Sample.policy(Self.everything)
        let verdict = Policy([]).adding(policy.rules(now: Sample.now))
            .verdict(on: Sample.evidence(try Sample.file()))
        #expect(verdict.objections.map(\.code) == [.empty])
    }

    /// Every combination of what files can be like: thousands, each judged both ways.
    private static func files() throws -> [ListedFile] {
        var files: [ListedFile] = []
        let ages: [Timestamp?] = [nil, Sample.ago(days: 0), Sample.ago(days: 16), Sample.ago(days: 400)]
        for name in [
            "xz-5.6.1-0.conda", "xz-5.4.0-0.conda", "zlib-1.3-0.conda", "lab-core-1-0.conda",
            "openssl-3-0.conda",
        ] {
            for channel in [Sample.channel, "https://conda.example.org/lab"] {
                for (indexed, firstSeen, built) in ages.flatMap({ a in
                    ages.flatMap { b in ages.map { (a, b, $0) } }
                }) {
                    for sha256 in [EvidenceSamples.right, EvidenceSamples.wrong] {
                        files.append(
                            try Sample.file(name) {
                                $0.channel = channel
                                ($0.indexed, $0.firstSeen, $0.built) = (indexed, firstSeen, built)
                                $0.sha256 = sha256
                            }
                        )
                    }
                }
            }
        }
        return files
    }

    @Test("What an index hides is refused at admission, for the same reasons, and nothing else is")
    func sameAnswer() throws {
        let policy = try Sample.policy(Self.everything)
        let admission = Policy(policy.rules(now: Sample.now))
        var hidden = 0
        let files = try Self.files()
        for file in files {
            let findings = policy.findings(on: file, now: Sample.now)
            let evidence = Sample.evidence(file)
            let verdict = admission.verdict(on: evidence)
            #expect(findings.isEmpty == verdict.isAllowed, "\(file)")
            #expect(Set(findings.compactMap(\.code)) == Set(verdict.objections.compactMap(\.code)), "\(file)")
            #expect(verdict.objections.allSatisfy(findings.contains), "\(file)")
            // Where nobody signs the index, admission can only be stricter.
            var unsigned = evidence
            unsigned.pin = nil
            let isStricter = findings.isEmpty || !admission.verdict(on: unsigned).isAllowed
            #expect(isStricter || file.firstSeen != nil, "\(file)")
            hidden += findings.isEmpty ? 0 : 1
        }
        #expect(hidden > 100 && hidden < files.count)
    }

    @Test("A file's own date never lets it pass: without it nothing more is hidden")
    func ownWord() throws {
        let policy = try Sample.policy(Self.everything)
        for file in try Self.files() {
            var silent = file
            silent.built = nil
            let withoutDate = Sample.codes(policy, silent)
            #expect(withoutDate.isEmpty || !Sample.codes(policy, file).isEmpty, "\(file)")
        }
    }

    @Test("The fingerprint is of what the policy says, and not of how it is written")
    func fingerprints() throws {
        let policy = try Sample.policy(Self.everything)
        let commented = try Sample.policy("# Why.\n" + Self.everything.replacing("7d", with: "168h"))
        #expect(policy.fingerprint == commented.fingerprint)
        let reordered = try Sample.policy(
            "channels: {https://b.example.org/c: {cooldown: {default: 1d}}, https://a.example.org/c: {cooldown: {default: 2d}}}"
        )
        let ordered = try Sample.policy(
            "channels: {https://a.example.org/c: {cooldown: {default: 2d}}, https://b.example.org/c: {cooldown: {default: 1d}}}"
        )
        #expect(reordered.fingerprint == ordered.fingerprint)
        var seen: Set<Digest> = [IndexPolicy.empty.fingerprint, policy.fingerprint]
        for (old, new) in [
            ("7d", "8d"), ("openssl: 0d", "openssl: 1d"), ("deny", "flag"),
            ("except: [xz]", "except: [zlib]"),
            ("<5.6.2", "<5.6.3"), ("a backdoor", "a bug"), ("pins: {\"lab-*\"", "pins: {\"lab_*\""),
            ("default: 1d", "default: 2d"), ("withdrawn", "gone"), ("match: lab-core", "match: lab-other"),
        ] {
            let changed = try Sample.policy(Self.everything.replacing(old, with: new))
            #expect(seen.insert(changed.fingerprint).inserted, "\(old)")
        }
    }

    @Test("A record of an index becomes the file that rules see")
    func records() throws {
        let text = """
            {"name":"zlib","version":"1.3","build":"0","build_number":0,"sha256":"\(EvidenceSamples.right.hex)",
             "md5":"\(EvidenceSamples.rightMD5.hex)","size":10,"timestamp":1700000000000,"indexed_timestamp":1700000100000}
            """
        let subdir = try Subdir("linux-64")
        let record = try PackageRecord(
            JSONReader.read(Array(text.utf8), of: "record"),
            fileName: "zlib-1.3-0.conda",
            subdir: subdir
        )
        let file = ListedFile(record, of: try ChannelURL(Sample.channel), in: subdir)
        let expected = try Sample.file {
            $0.size = 10
            $0.built = Timestamp(seconds: 1_700_000_000)
            $0.indexed = Timestamp(seconds: 1_700_000_100)
        }
        #expect(file == expected)
    }
}
