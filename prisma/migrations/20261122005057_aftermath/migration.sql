-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "look_after" INTEGER NOT NULL DEFAULT 5;

-- AlterTable
ALTER TABLE "maintenances" ADD COLUMN     "look_date" TIMESTAMPTZ(3),
ADD COLUMN     "reopens_id" INTEGER;

-- CreateIndex
CREATE INDEX "maintenances_account_id_reopens_id_idx" ON "maintenances"("account_id", "reopens_id");

-- AddForeignKey
ALTER TABLE "maintenances" ADD CONSTRAINT "maintenances_account_id_reopens_id_fkey" FOREIGN KEY ("account_id", "reopens_id") REFERENCES "maintenances"("account_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- What is over is due once more at most, to look at its checks again.
ALTER TABLE "maintenances"
    DROP CONSTRAINT "maintenances_due",
    ADD CONSTRAINT "maintenances_due" CHECK (
        CASE WHEN "status" IN ('scheduled', 'in-progress') THEN "next_due_at" IS NOT NULL AND "look_date" IS NULL
        ELSE "next_due_at" IS NOT DISTINCT FROM "look_date" END
    ),
    ADD CONSTRAINT "maintenances_reopens" CHECK ("reopens_id" <> "id");
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_look_after" CHECK ("look_after" BETWEEN 0 AND 1440);
