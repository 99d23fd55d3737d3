// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import DurableFiles
import TrustCore
import TrustPolicy

struct PolicyTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Judge made-up packages by a policy, and compare with what you expect.",
        discussion: """
            Each case of a fixture says what a verifier would have found about a package, and whether the policy must \
            allow it or refuse it, and with which code. A refusal for another reason is a failure. Nothing is \
            verified, and no network is used.
            """
    )

    @Argument(help: ArgumentHelp("The policy.", valueName: "file"), completion: .file())
    var file: String

    @Argument(help: ArgumentHelp("Files of cases (YAML).", valueName: "fixtures"), completion: .file())
    var fixtures: [String]

    @OptionGroup var output: OutputOptions

    func validate() throws { for path in [file] + fixtures { try UsageCheck.path(path, of: "a file") } }

    func run() throws {
        let console = output.console
        let policy = try PolicySource(file)
        var results: [JSONValue] = []
        var failures = 0
        for path in fixtures {
            let bytes = try PolicySource.bytes(of: path, maximumLength: PolicyFixture.maximumLength)
            for fixture in try PolicyFixture.read(yaml: bytes, path) {
                let verdict = fixture.verdict(user: policy.user, owner: policy.owner)
                let isMet = fixture.isMet(by: verdict)
                if !isMet { failures += 1 }
                say(fixture, verdict, isMet, path, console)
                results.append(.object(Self.json(fixture, verdict, isMet, path)))
            }
        }
        let failed = failures == 0 ? "all as expected" : "\(failures) not as expected"
        console.say("\(Counted(results.count, "case")): \(failed)")
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = failures == 0 ? "ok" : "refused"
        document["cases"] = .array(results)
        console.emit(document)
        if failures > 0 { throw ExitCode(RefusalKind.policy.exitStatus) }
    }

    private func say(
        _ fixture: PolicyFixture,
        _ verdict: Verdict,
        _ isMet: Bool,
        _ path: String,
        _ console: Console
    ) {
        guard !isMet else { return console.say("  \(console.good("ok    "))  \(fixture.name)") }
        console.say("  \(console.bad("FAILED"))  \(fixture.name) (\(path), \(fixture.place))")
        console.say(
            "            expected \(Self.words(fixture.expectation, fixture.code.map { [$0] } ?? []))"
        )
        let (outcome, codes) = PolicyFixture.outcome(of: verdict)
        console.say("            found    \(Self.words(outcome, codes))")
        for finding in verdict.objections + verdict.warnings {
            console.say("            \(finding.rule): \(finding.reason)")
        }
    }

    private static func words(_ outcome: PolicyFixture.Expectation, _ codes: [PolicyCode]) -> String {
        outcome.rawValue + (codes.isEmpty ? "" : ", " + codes.map(\.rawValue).joined(separator: ", "))
    }

    private static func json(
        _ fixture: PolicyFixture,
        _ verdict: Verdict,
        _ isMet: Bool,
        _ path: String
    ) -> JSONObject {
        let (outcome, codes) = PolicyFixture.outcome(of: verdict)
        var object = JSONObject()
        object["file"] = .string(path)
        object["place"] = .string(fixture.place)
        object["name"] = .string(fixture.name)
        object["as_expected"] = .bool(isMet)
        object["expected"] = .string(fixture.expectation.rawValue)
        object["expected_code"] = fixture.code.map { .string($0.rawValue) }
        object["found"] = .string(outcome.rawValue)
        object["found_codes"] = .array(codes.map { .string($0.rawValue) })
        object["verdict"] = .object(VerdictReport(verdict).json)
        return object
    }
}
