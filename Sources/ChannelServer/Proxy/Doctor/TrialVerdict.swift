// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What came of offering a case to a client: how it took it, and what the proxy saw of it. Both must be right: a client that fails for
/// a reason of its own proves nothing, and neither does a proxy that nobody asked.
struct TrialVerdict {
    /// How a client took a case.
    struct Reception: Sendable {
        /// Its exit status; nil if it had to be ended.
        var status: Int32?
        /// Whether the package, or any of it, is there now.
        var isInstalled: Bool
        /// The last words that it said.
        var said: [String] = []
    }

    let trialCase: TrialCase
    let reception: Reception
    let seen: TrialReport.Part
    /// What a client does with a package that it gets.
    var verb = "installed"

    /// The check.
    ///
    /// - Parameter client: what the client is called.
    func check(of client: String) -> DoctorCheck {
        let words = trialCase.words
        func failed(_ text: String, _ remedy: String? = nil, _ code: String? = nil) -> DoctorCheck {
            DoctorCheck(name, .failed, text, remedy: remedy, code: code, notes: said)
        }
        guard seen.requests > 0 else {
            let harm = reception.isInstalled ? ", and got \(words) from somewhere else" : ""
            return failed("\(client) did not ask the proxy\(harm)", Self.notLed)
        }
        guard let expected = trialCase.expected else {
            if let code = seen.codes.first {
                return failed("the proxy refused \(words)", "read `kingsnake explain \(code)`", code)
            }
            guard reception.status == 0, reception.isInstalled, !seen.admitted.isEmpty else {
                return failed("\(words) was not \(verb): \(ending(client))", Self.notGood)
            }
            return DoctorCheck(name, .ok, "\(words) was \(verb)")
        }
        guard !reception.isInstalled else {
            return failed("\(words) WAS \(verb.uppercased())", Self.passedOn, expected)
        }
        guard reception.status != 0 else {
            return failed("\(client) was content, though \(words) was offered", Self.passedOn, expected)
        }
        guard seen.codes == [expected] else {
            let found = seen.codes.isEmpty ? "none" : seen.codes.joined(separator: ", ")
            let text =
                "\(words) was not refused for what it is: expected the code \(expected), found \(found)"
            return failed(text, Self.passedOn)
        }
        return DoctorCheck(name, .ok, "\(words) was refused", code: expected)
    }

    private var name: String { "trial.\(trialCase.rawValue)" }
    private var said: [String] { reception.said.map { "it said: \($0)" } }

    private func ending(_ client: String) -> String {
        guard let status = reception.status else { return "\(client) took too long, and was ended" }
        return status == 0 ? "\(client) was content without it" : "\(client) ended with status \(status)"
    }

    /// The check of a tunnel, which a client demands for an `https:` URL.
    static func tunnel(_ client: String, _ reception: Reception, tunnels: Int) -> DoctorCheck {
        let name = "trial.https"
        let notes = reception.said.map { "it said: \($0)" }
        guard tunnels > 0 else {
            let text = "\(client) did not ask the proxy for an `https:` URL: such channels go past it"
            return DoctorCheck(name, .failed, text, remedy: notLed, notes: notes)
        }
        guard reception.status != 0, !reception.isInstalled else {
            let text = "\(client) was content, though its tunnel was refused"
            return DoctorCheck(name, .failed, text, remedy: passedOn, notes: notes)
        }
        let words = "a channel by its `https:` URL was refused, and does not go past the proxy"
        return DoctorCheck(name, .ok, words, code: ProxyCode.tunnel.rawValue)
    }

    private static let notLed =
        "run `kingsnake enable`, and mend what the other checks say of settings and environment"
    private static let notGood = "look at the proxy's log, and at what the client said"
    private static let passedOn =
        "do not install anything until it is known what answers in the proxy's place"
}
