// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of policies about transparency logs, and of what they verify.
@nonexhaustive
public enum LogPolicyCode: String, RefusalCode {
    case key = "log-policy.key"
    case syntax = "log-policy.syntax"
    case log = "log-policy.log"
    case quorum = "log-policy.quorum"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .key:
            RefusalEntry(
                .invalid,
                "that is not the key of a log or a witness",
                explanation:
                    "Such a key is written `NAME+ID+KEY`, where the id is made of the name and the key, so that "
                    + "slips of the fingers are found.",
                remedy: "copy the key anew from whoever runs the log or the witness"
            )
        case .syntax:
            RefusalEntry(
                .invalid,
                "the policy file is not what C2SP calls a tlog-policy",
                explanation:
                    "A line that is read as something else could leave out a witness that somebody demands.",
                remedy: "correct the line"
            )
        case .log:
            RefusalEntry(
                .invalid,
                "none of the expected logs has signed the checkpoint",
                explanation:
                    "Anybody can write a checkpoint. Without a signature by the log's known key it says nothing.",
                remedy: "check the address and the log's key"
            )
        case .quorum:
            RefusalEntry(
                .missing,
                "too few witnesses have cosigned the checkpoint",
                explanation:
                    "A log can show different trees to different people. Witnesses cosign one only, each after it "
                    + "saw that it continues the last.",
                remedy: "try again later; if it stays so, ask whoever runs the log"
            )
        }
    }
}
